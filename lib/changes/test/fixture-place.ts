/** Where the changes of the tests with a database, and of the fault bench, are made. */
export const fixtureAccount = '754093268140'
export const fixtureRegion = 'eu-west-1'
