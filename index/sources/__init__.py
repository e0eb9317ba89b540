"""Papers from public services: Europe PMC and NCBI, asked politely and only when the user says so."""
