import { troubleScenarios } from './scenarios-of-trouble.ts';

// What breaks in the middle, and what is in the database afterwards. What nodes say to each other does not depend on where they
// keep it: the other scenarios run on the embedded database, and the suite of the storage on both.
troubleScenarios('postgresql');
