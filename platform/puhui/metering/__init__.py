"""Where meters meet the rest: figures with their context, savings into the ledger, bills by sheet, reports."""
