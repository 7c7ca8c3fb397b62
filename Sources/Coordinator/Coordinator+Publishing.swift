internal import Foundation
public import Messaging
public import Storage
internal import Tiling

/// One coordinator at a time: found through `coordinator.json`, fenced by epochs.
extension Coordinator {
    /// Asks whoever the run directory names, and refuses to run beside a coordinator that answers.
    static func refuseRival(of run: RunDirectory) throws {
        guard let endpoint = run.coordinatorEndpoint,
            let client = try? ClientConnection(
                to: endpoint, keys: try RunKeys(run).worker, connectSeconds: 1),
            (try? client.ask(.ping, timeoutSeconds: 1))?.isOK == true
        else { return }
        throw CoordinatorError.rival(
            address: endpoint.addresses.first ?? "?", host: endpoint.host, pid: endpoint.pid)
    }

    func publish() throws {
        let endpoint = CoordinatorEndpoint(
            addresses: socket.addresses, publicKey: keys?.own.publicKey, epoch: epoch,
            host: ownHostName(), pid: Int(getpid()))
        try DurableFile.write(CanonicalJSON.bytes(endpoint), to: run.coordinatorPath, mode: 0o600)
    }

    /// A worker that misses the last message sees that the file is gone.
    func withdraw() {
        if run.coordinatorEndpoint?.epoch == epoch { DurableFile.remove(run.coordinatorPath) }
    }

    /// Nothing is committed after a higher epoch was claimed.
    func yieldToNewerEpoch() throws {
        let newest = try EpochClaim.current(in: run)
        if newest > epoch { throw CoordinatorError.fenced(epoch: epoch, by: newest) }
    }
}

extension RunDirectory {
    /// What the running coordinator has published, nil when there is none.
    public var coordinatorEndpoint: CoordinatorEndpoint? {
        guard let bytes = try? DurableFile.read(coordinatorPath) else { return nil }
        return try? CanonicalJSON.value(CoordinatorEndpoint.self, from: bytes)
    }
}
