"""公共机构低碳积分制: an institution's rules by version, and the points they give members for accepted acts."""
