public import Tiling

/// Why something could not be said or heard, in one line.
public enum MessagingError: Error, CustomStringConvertible, Retriable {
    case cannotListen(address: String, why: String)
    /// The address can be reached from other hosts, and no keys were given.
    case needsKeys(address: String)
    case badKeyFile(path: String, why: String)
    /// The peer's connection is gone.
    case unreachable(PeerID)
    /// The peer does not read what is sent to it.
    case notReading(PeerID)
    case tooLong(byteCount: Int, max: Int)
    /// No address of the coordinator answers.
    case noCoordinator(addresses: [String], why: String)
    case noAnswer(address: String, seconds: Double)
    /// The other side said something that this process does not understand.
    case notUnderstood(address: String, why: String)
    /// The library or the system refused something that always works.
    case system(attempted: String, why: String)

    public var description: String {
        switch self {
        case .cannotListen(let address, let why): "cannot listen at \(address): \(why)"
        case .needsKeys(let address):
            "\(address) can be reached from other hosts and needs CURVE keys: make them with `tilth plan`, "
                + "or listen at tcp://127.0.0.1:0"
        case .badKeyFile(let path, let why): "\(path): \(why)"
        case .unreachable(let peer): "\(peer) is gone"
        case .notReading(let peer): "\(peer) does not read its messages"
        case .tooLong(let byteCount, let max):
            "a message of \(byteCount) bytes is over the limit of \(max) bytes"
        case .noCoordinator(let addresses, let why):
            "no coordinator at \(addresses.joined(separator: ", ")): \(why)"
        case .noAnswer(let address, let seconds):
            "the coordinator at \(address) did not answer within \(seconds) s: it is busy, or gone"
        case .notUnderstood(let address, let why): "the coordinator at \(address) was not understood: \(why)"
        case .system(let attempted, let why): "\(attempted): \(why)"
        }
    }

    /// Whether the same may work later: who is gone may come back.
    public var isRetriable: Bool {
        switch self {
        case .unreachable, .notReading, .noCoordinator, .noAnswer, .system: true
        case .cannotListen, .needsKeys, .badKeyFile, .tooLong, .notUnderstood: false
        }
    }
}
