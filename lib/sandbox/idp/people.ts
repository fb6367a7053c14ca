/**
 * People of Halden Freight who can sign in; several act in its accounts too
 * (scenario/demo/people.ts). Their groups mean something only by the console's mappings.
 */
export type LocalPerson = {
  /** The subject of their tokens. */
  id: string
  name: string
  email: string
  /** What they do, for whoever picks one. */
  work: string
  groups: readonly string[]
}

const domain = 'haldenfreight.example'
const person = (id: string, name: string, work: string, ...groups: string[]): LocalPerson => ({
  id,
  name,
  email: `${name.toLowerCase().replace(' ', '.')}@${domain}`,
  work,
  groups,
})

export const people: readonly LocalPerson[] = [
  person('viewer', 'Dana Kohl', 'Support on call, looks things up', 'claviger-viewers'),
  person('auditor', 'Henrik Aas', 'Security, audits', 'claviger-auditors'),
  person('requester', 'Tomasz Wrona', 'Platform engineer, asks for changes', 'claviger-requesters'),
  person('approver', 'Amara Okafor', 'Payments lead, decides about changes', 'claviger-approvers'),
  person('approver-2', 'Bilal Haddad', 'Deputy of Amara Okafor', 'claviger-approvers'),
  person(
    'key-administrator',
    'Ingrid Solberg',
    'Head of platform, administers keys',
    'claviger-key-administrators',
  ),
  person('admin', 'Sigrid Dahl', 'Runs this installation', 'claviger-admins'),
  person(
    'admin-2',
    'Runa Lindqvist',
    'Second administrator of this installation',
    'claviger-admins',
  ),
  person('data-viewer', 'Mei Tanaka', 'Analyst of the data team', 'halden-data-viewers'),
  person('data-auditor', 'Odile Renard', 'Audits the data team alone', 'halden-data-auditors'),
  person(
    'data-requester',
    'Luis Ferreira',
    'Engineer of the data team, asks for changes there',
    'halden-data-requesters',
  ),
  person(
    'data-approver',
    'Aino Virtanen',
    'Lead of the data team, decides about changes there',
    'halden-data-approvers',
  ),
  person(
    'data-key-administrator',
    'Kofi Mensah',
    'Key custodian of the data account',
    'halden-data-key-administrators',
  ),
  person(
    'data-admin',
    'Wanda Weiss',
    'Named administrator of one account, which reaches no settings',
    'halden-data-admins',
  ),
  person('newcomer', 'Petra Novak', 'Developer on her first day, in no group yet'),
]

export const findPerson = (id: string | undefined): LocalPerson | undefined =>
  people.find((p) => p.id === id)
