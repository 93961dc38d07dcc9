// MessageQueue
