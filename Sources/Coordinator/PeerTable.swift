internal import Messaging
internal import Scheduling

/// Which connection belongs to which worker.
struct PeerTable {
    private var workers: [PeerID: WorkerID] = [:]
    private var peers: [WorkerID: PeerID] = [:]

    /// A worker that comes back over a new connection is the same worker.
    mutating func join(_ worker: WorkerID, at peer: PeerID) {
        if let old = peers[worker] { workers[old] = nil }
        workers[peer] = worker
        peers[worker] = peer
    }

    /// The worker whose connection has closed.
    mutating func remove(_ peer: PeerID) -> WorkerID? {
        guard let worker = workers.removeValue(forKey: peer) else { return nil }
        if peers[worker] == peer { peers[worker] = nil }
        return worker
    }

    func worker(at peer: PeerID) -> WorkerID? { workers[peer] }
    func peer(of worker: WorkerID) -> PeerID? { peers[worker] }
}
