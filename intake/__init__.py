"""The service: settings, mailbox, pipeline, reprocessing, command line."""
