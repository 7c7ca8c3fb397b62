/// An error that knows whether the same work may succeed elsewhere or later.
///
/// A full disk, a stale file handle or a lost connection is retriable; a missing variable or a wrong grid is
/// not. Errors that say nothing count as not retriable, so that a wrong input is never tried three times.
public protocol Retriable: Error {
    var isRetriable: Bool { get }
}
