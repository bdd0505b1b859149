"""An institution for those in it: who it is, its departments, its figures by year; for the operator, who applied."""
