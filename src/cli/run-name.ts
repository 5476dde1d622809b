// How a run is called on the command line. It does not know which runs there are.

/** What follows --retry-failed and is something else is a word of its own. */
export const RUN_NAME = /^(?:last(?:~\d+)?|\d{8}(?:-[\w.-]*)?)$/;
