"""A generator of invented application mails with the results expected of them: the corpus that reading and judging are measured on."""
