"""A library in Milvus built by many machines: Ray reads, cuts, tags and embeds on every node, and upserts."""
