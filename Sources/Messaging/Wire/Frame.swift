internal import Foundation
internal import SwiftProtobuf
internal import Tiling

/// One frame: an envelope with the protocol's version around one message. Encoding and decoding are total:
/// what comes from outside is checked here once, and is plain values after that.
struct Frame {
    /// A frame that reached the coordinator.
    enum Received: Hashable {
        case fromWorker(WorkerMessage)
        case fromClient(ClientRequest)
    }

    static func encode(_ message: WorkerMessage, byteCountMax: Int) throws(FrameError) -> [UInt8] {
        try encode(body(of: message), byteCountMax)
    }

    static func encode(_ message: CoordinatorMessage, byteCountMax: Int) throws(FrameError) -> [UInt8] {
        try encode(body(of: message), byteCountMax)
    }

    static func encode(_ request: ClientRequest, byteCountMax: Int) throws(FrameError) -> [UInt8] {
        let body = WireEnvelope.OneOf_Body.request(
            .with {
                $0.id = request.id
                $0.kind = UInt32(request.kind.rawValue)
                $0.body = Data(request.body)
            })
        return try encode(body, byteCountMax)
    }

    private static func encode(_ body: WireEnvelope.OneOf_Body, _ byteCountMax: Int) throws(FrameError)
        -> [UInt8]
    {
        let envelope = WireEnvelope.with {
            $0.version = TilthProtocol.version
            $0.body = body
        }
        let bytes = try bytes(of: envelope)
        guard bytes.count <= byteCountMax else { throw .tooLong(byteCount: bytes.count, max: byteCountMax) }
        return bytes
    }

    static func bytes(of envelope: WireEnvelope) throws(FrameError) -> [UInt8] {
        do {
            return try envelope.serializedBytes()
        } catch {
            throw .malformed("\(error)")
        }
    }

    /// Reads a frame that a worker, merger or client sent.
    static func decodeReceived(_ bytes: [UInt8]) throws(FrameError) -> Received {
        let envelope = try envelope(of: bytes)
        guard envelope.version == TilthProtocol.version else { throw .otherVersion(envelope.version) }
        switch envelope.body {
        case .hello(let hello): return .fromWorker(.hello(try Hello(hello)))
        case .heartbeat(let beat):
            return .fromWorker(.heartbeat(credits: Int(beat.credits), held: try attempts(beat.held)))
        case .completed(let it):
            return .fromWorker(.completed(try Attempt(it.attempt), receipt: Array(it.receipt)))
        case .failed(let it):
            return .fromWorker(.failed(try Attempt(it.attempt), isRetriable: it.isRetriable, cause: it.cause))
        case .returned(let it): return .fromWorker(.returned(try Attempt(it.attempt), why: it.why))
        case .draining: return .fromWorker(.draining)
        case .goodbye: return .fromWorker(.goodbye)
        case .request(let it):
            guard let kind = UInt8(exactly: it.kind).flatMap(ClientRequest.Kind.init) else {
                throw .malformed("request of unknown kind \(it.kind)")
            }
            return .fromClient(ClientRequest(id: it.id, kind: kind, body: Array(it.body)))
        case nil: throw .malformed("an envelope without a known message")
        default: throw .malformed("a message that only a coordinator sends")
        }
    }

    /// Reads a frame that the coordinator sent.
    static func decodeFromCoordinator(_ bytes: [UInt8]) throws(FrameError) -> CoordinatorMessage {
        let envelope = try envelope(of: bytes)
        if case .refused(let reason) = envelope.body { return .refused(why: reason.why) }
        guard envelope.version == TilthProtocol.version else { throw .otherVersion(envelope.version) }
        switch envelope.body {
        case .welcome(let it):
            guard it.heartbeatSeconds > 0, it.heartbeatSeconds < 3600 else {
                throw .malformed("a heartbeat of \(it.heartbeatSeconds) s")
            }
            return .welcome(epoch: it.epoch, heartbeatSeconds: it.heartbeatSeconds)
        case .assign(let it): return .assign(try Attempt(it.attempt), order: Array(it.order))
        case .committed(let it): return .committed(try Attempt(it))
        case .cancel(let it): return .cancel(try Attempt(it))
        case .finish(let reason): return .finish(why: reason.why)
        case .helloAgain: return .helloAgain
        case .heard: return .heard
        case .reply(let it): return .reply(id: it.id, isOK: it.isOk, body: Array(it.body))
        case nil: throw .malformed("an envelope without a known message")
        default: throw .malformed("a message that only a coordinator receives")
        }
    }

    private static func envelope(of bytes: [UInt8]) throws(FrameError) -> WireEnvelope {
        do {
            return try WireEnvelope(serializedBytes: bytes)
        } catch {
            throw .malformed("\(bytes.count) bytes that are no envelope")
        }
    }

    static func attempts(_ wire: [WireAttempt]) throws(FrameError) -> [Attempt] {
        var attempts: [Attempt] = []
        for attempt in wire { attempts.append(try Attempt(attempt)) }
        return attempts
    }
}
