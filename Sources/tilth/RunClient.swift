import Coordinator
import Foundation
import Messaging
import Storage
import Tiling

/// What the command line asks a running coordinator.
struct RunClient {
    let run: RunDirectory

    /// Whether a coordinator answers.
    var isAnswered: Bool { (try? ask(.ping, connectSeconds: 1))?.isOK == true }

    func status(timeoutSeconds: Double = 10) throws -> StatusReport {
        try CanonicalJSON.value(StatusReport.self, from: ask(.status, timeoutSeconds: timeoutSeconds).body)
    }

    func resume(_ request: ResumeRequest) throws -> ResumeReply {
        let reply = try ask(.resume, body: CanonicalJSON.bytes(request))
        return try CanonicalJSON.value(ResumeReply.self, from: reply.body)
    }

    func allowGaps() throws { _ = try ask(.allowGaps) }

    /// Has mosaics made again that were finished and are gone.
    func mosaics() throws -> ResumeReply {
        try CanonicalJSON.value(ResumeReply.self, from: ask(.mosaics).body)
    }

    private func ask(
        _ kind: ClientRequest.Kind, body: [UInt8] = [], timeoutSeconds: Double = 10,
        connectSeconds: Double = 2
    ) throws -> ClientConnection.Reply {
        guard let endpoint = run.coordinatorEndpoint else {
            throw Failure.wrongUse("no coordinator runs for \(run.path)")
        }
        let client = try ClientConnection(
            to: endpoint, keys: try RunKeys(run).worker, connectSeconds: connectSeconds)
        let reply = try client.ask(kind, body: body, timeoutSeconds: timeoutSeconds)
        guard reply.isOK else { throw Failure.wrongUse("the coordinator declined: \(reply.text)") }
        return reply
    }
}
