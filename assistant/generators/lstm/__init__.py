"""The local LSTM: picks the sentences that answer and says each shorter, in words copied from it."""
