/// The other end of one connection to the coordinator: a worker keeps it over reconnections, a command line
/// has a new one each time.
public struct PeerID: Hashable, Sendable {
    /// ZeroMQ's routing id.
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// A peer with a name; what connects names itself.
    public init(_ name: String) { bytes = Array(name.utf8) }

    /// A new one that begins with a name which people recognise.
    static func unique(_ name: String) -> PeerID {
        // libzmq takes at most 255 bytes; the random part keeps two workers of one name apart.
        let number = String(UInt64.random(in: 0 ... .max), radix: 36)
        return PeerID(bytes: Array(name.utf8.prefix(200)) + Array("~\(number)".utf8))
    }

    /// Whether the peer did not name itself, as ours do. When a worker's new connection takes its name over,
    /// libzmq gives the old connection such a name: what that one said is said again over the new one.
    var isMadeByRouter: Bool { bytes.first == 0 }
}

extension PeerID: CustomStringConvertible {
    public var description: String {
        // The name comes from outside, and goes into logs.
        let name = bytes.map { (33...126).contains($0) ? Character(UnicodeScalar($0)) : "?" }
        return "peer \(String(name))"
    }
}

/// What a turn of the coordinator's poll found.
public enum Incoming: Hashable, Sendable {
    case fromWorker(PeerID, WorkerMessage)
    case fromClient(PeerID, ClientRequest)
    /// Its connection has closed; if it lives, it will say hello again.
    case disconnected(PeerID)
    /// It sent something that is no message. What it sends is dropped until its next hello.
    case malformed(PeerID, why: String)
    /// Another thread, or a signal handler, called the waker.
    case woken
}
