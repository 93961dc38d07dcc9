/// Milliseconds since 1970-01-01T00:00:00Z, by the broker's clock.
package typealias Timestamp = Int64

/// A span of time in milliseconds.
package typealias Milliseconds = Int64
