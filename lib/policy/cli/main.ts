/**
 * `npm run --silent policy -- lint|explain FILE…` and `… evaluate`. Only what a subcommand needs is
 * loaded, so that it starts quickly in people's pipelines.
 */
const usage = `Usage:
  policy lint    [--type key|identity|scp|rcp|boundary] [--format text|json|sarif] [--account ID] FILE…   (- is stdin)
  policy explain [--type …] [--format …] FILE…
  policy evaluate    reads one JSON case per line on stdin, writes one JSON answer per line

--account is the account of the key. Without it lint takes the account that the policy itself lets
change the policy; where that shows none, external access is not known, and lint says so.

A case of evaluate has request {principal, action, resource, context} and the inputs keyPolicy, identityPolicies,
permissionBoundaries, sessionPolicies, serviceControlPolicies, resourceControlPolicies, vpcEndpointPolicies and grants.
  an omitted input  there is none: no key policy, no identity policy, no grant (nothing is allowed
                    by it); no boundary, session policy, control policy or endpoint policy (nothing
                    is limited by it)
  []                of a boundary, session, control or endpoint policy: it is in force and allows nothing
  null              it exists and is not known: the answer is unknown where it decides
Where the answer is "deny" only because identityPolicies, grants or keyPolicy was omitted, "assumed" names it.
contextComplete false: condition keys that context does not mention might be in the request.

Exit status of lint and explain: 0 nothing above suggestions, 1 warnings, 2 errors, 3 unreadable.
Exit status of evaluate: 1 if a line was no case.
`

async function main([command, ...rest]: string[]): Promise<number> {
  if (command === 'evaluate') {
    if (rest.length > 0) return refuse(`evaluate takes no arguments, not ${rest.join(' ')}`)
    return (await import('./evaluate-lines')).evaluateLines(process.stdin, process.stdout)
  }
  if (command === 'lint' || command === 'explain') {
    const { parseArguments } = await import('./arguments')
    const options = parseArguments(rest)
    if (typeof options === 'string') return refuse(options)
    if (command === 'explain' && options.account !== undefined)
      return refuse('explain takes no --account')
    return command === 'lint'
      ? (await import('./lint-files')).lintFiles(options)
      : (await import('./explain-files')).explainFiles(options)
  }
  if (command === 'help' || command === '--help') {
    process.stdout.write(usage)
    return 0
  }
  return refuse(command === undefined ? 'no subcommand given' : `there is no subcommand ${command}`)
}

function refuse(why: string): number {
  process.stderr.write(`policy: ${why}\n${usage}`)
  return 3
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : 3),
)
process.exitCode = await main(process.argv.slice(2))
