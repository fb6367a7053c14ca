import { nameOfPrincipal } from '@/lib/trail/principal'

/** Returns how principals are named beside each other: by name where that is one's alone. */
export function nameApart(principals: readonly string[]): (principal: string) => string {
  const names = principals.map(nameOfPrincipal)
  return (principal) => {
    const name = nameOfPrincipal(principal)
    return names.filter((one) => one === name).length > 1 ? principal : name
  }
}
