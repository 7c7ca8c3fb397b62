import Foundation
@testable import Messaging
import Testing

@Suite struct ClientConnectionTests {
    /// A coordinator that answers in a thread of its own until it was asked to stop.
    private func serve(_ answer: @escaping @Sendable (ClientRequest) -> [CoordinatorMessage]) throws
        -> CoordinatorEndpoint
    {
        let published = DispatchSemaphore(value: 0)
        // Written before the semaphore is raised and read after it.
        nonisolated(unsafe) var endpoint: CoordinatorEndpoint?
        _ = try NamedThread("test-server") {
            guard let socket = try? CoordinatorSocket.onLoopback() else {
                published.signal()
                return
            }
            endpoint = socket.endpoint()
            published.signal()
            let deadline = ContinuousClock.now + .seconds(5)
            var isAsked = false
            while !isAsked, ContinuousClock.now < deadline {
                for case .fromClient(let peer, let request) in (try? socket.poll(milliseconds: 50)) ?? [] {
                    for message in answer(request) { try? socket.send(message, to: peer) }
                    isAsked = request.kind == .mosaics
                }
            }
            socket.close(flushMilliseconds: 500)
        }
        published.wait()
        return try #require(endpoint)
    }

    @Test func requestsAreAnswered() throws {
        let endpoint = try serve { request in
            let body = request.body + Array(" \(request.kind)".utf8)
            return [.reply(id: request.id, isOK: request.kind != .mosaics, body: body)]
        }
        let client = try ClientConnection(to: endpoint, keys: nil)
        for kind in ClientRequest.Kind.allCases {
            let reply = try client.ask(kind, body: Array("{}".utf8))
            #expect(reply.text == "{} \(kind)" && reply.isOK == (kind != .mosaics))
        }
    }

    @Test func anAnswerThatComesTooLateIsNotTakenForAnother() throws {
        let endpoint = try serve { request in
            guard request.kind != .ping else { return [] }
            // The reply to the ping comes only now, and before this request's own.
            return [1, request.id].map { .reply(id: $0, isOK: true, body: [UInt8($0)]) }
        }
        let client = try ClientConnection(to: endpoint, keys: nil)
        let error = #expect(throws: MessagingError.self) { try client.ask(.ping, timeoutSeconds: 0.1) }
        #expect(try #require(error).description.contains("did not answer within 0.1 s"))
        #expect(try client.ask(.mosaics).body == [2])
    }

    @Test func nobodyListeningIsSaidAtOnce() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let endpoint = socket.endpoint()
        socket.close(flushMilliseconds: 0)
        let began = ContinuousClock.now
        let error = #expect(throws: MessagingError.self) {
            try ClientConnection(to: endpoint, keys: nil, connectSeconds: 60)
        }
        #expect(try #require(error).description.contains("nobody listens at \(endpoint.addresses[0])"))
        #expect(began.duration(to: .now) < .seconds(10))
    }
}
