/// A consumer of the embedded queue that is content with anything: what a demo's platform reads, it has dealt with.
///
/// Confined to the thread that makes it.
package final class SQLiteDrain {
    private let connection: SQLiteConnection

    /// `path` is the file of a store that is open.
    package init(_ path: String) throws(StoreError) {
        connection = try SQLiteConnection(path)
        // A message that comes back after a loss of power is dealt with again: nobody waits for this commit.
        try connection.execute("PRAGMA synchronous=OFF")
    }

    /// Takes the oldest messages that were stored before `time`, at most `bound` of them.
    package func take(storedBefore time: Int64, atMost bound: Int) throws(StoreError) {
        try connection.execute(
            """
            DELETE FROM message_queue_messages WHERE id IN (
                SELECT id FROM message_queue_messages
                WHERE queue = '\(QueueMessage.queue)' AND visible_at <= \(time) ORDER BY id LIMIT \(bound))
            """)
    }
}
