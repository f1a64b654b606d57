/** One client may follow so many topics. Apart from the schemas, so that a page can know it without them. */
export const MAX_TOPICS = 32;
