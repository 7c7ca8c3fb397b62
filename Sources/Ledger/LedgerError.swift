internal import GRDB
public import Tiling

/// The ledger could not be opened, read or written, in one line.
public struct LedgerError: Error, Retriable, CustomStringConvertible {
    public let description: String
    public let isRetriable: Bool

    init(_ description: String) {
        self.description = description
        isRetriable = false
    }

    init(path: String, attempted: String, error: any Error) {
        let code = (error as? DatabaseError)?.resultCode
        let said = (error as? DatabaseError)?.message ?? "\(error)"
        let advice = code == .SQLITE_FULL ? ": free some space there and start again" : ""
        description = "\(path): cannot \(attempted): \(said)\(advice)"
        isRetriable = code == .SQLITE_FULL || code == .SQLITE_IOERR
    }
}
