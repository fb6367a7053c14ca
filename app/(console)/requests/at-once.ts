/** So many requests are decided about on one page: more nobody reads. */
export const mostAtOnce = 20
