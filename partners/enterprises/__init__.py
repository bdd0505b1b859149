"""The market mirror: an enterprise's rights as registry and exchange recorded them. The registry's record is final."""
