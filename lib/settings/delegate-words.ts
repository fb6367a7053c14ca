/** So that nobody is forgotten as a stand-in. */
export const longestDelegationDays = 90
