/// How to reach a coordinator: what it publishes in the run directory, and workers read there.
public struct CoordinatorEndpoint: Hashable, Codable, Sendable {
    /// All of its addresses, loopback last: `tcp://10.1.0.1:41327`.
    public var addresses: [String]
    /// The coordinator's CURVE key; nil when it listens on loopback without encryption.
    public var publicKey: String?
    /// Each coordinator of a run has a higher one than those before.
    public var epoch: UInt64
    /// The name of its host.
    public var host: String
    public var pid: Int

    public init(addresses: [String], publicKey: String?, epoch: UInt64, host: String, pid: Int) {
        self.addresses = addresses
        self.publicKey = publicKey
        self.epoch = epoch
        self.host = host
        self.pid = pid
    }

    /// The addresses in the order to try: loopback first on the coordinator's own host, and last elsewhere,
    /// where it can only be right when hosts share their network.
    func addressesToTry(from ownHost: String) -> [String] {
        let isLoopback = { (address: String) in address.hasPrefix("tcp://127.") }
        let loopback = addresses.filter(isLoopback)
        let others = addresses.filter { !isLoopback($0) }
        return ownHost == host ? loopback + others : others + loopback
    }
}
