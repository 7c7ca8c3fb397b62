import Foundation
@testable import Messaging
import Testing

@Suite struct EncryptionTests {
    private let server: CurveKeys
    private let worker: CurveKeys
    private let socket: CoordinatorSocket

    init() throws {
        server = try .make()
        worker = try .make()
        socket = try .onLoopback(keys: CoordinatorKeys(own: server, acceptedPublicKeys: [worker.publicKey]))
    }

    private func connect(keys: CurveKeys?, serverKey: String?) throws -> ClientConnection {
        try ClientConnection(to: socket.endpoint(publicKey: serverKey), keys: keys, connectSeconds: 1)
    }

    private func expectRefused(keys: CurveKeys?, serverKey: String?, saying words: String) throws {
        let error = #expect(throws: MessagingError.self) { try connect(keys: keys, serverKey: serverKey) }
        let text = try #require(error).description
        #expect(text.contains(words), "\(text)")
        #expect(try socket.gatherForAWhile() == [], "nothing of it came through")
    }

    @Test func theRunsKeyIsAccepted() throws {
        let connection = try WorkerConnection(
            settings: .init(name: "w", keys: worker),
            locate: { [endpoint = socket.endpoint(publicKey: server.publicKey)] in endpoint })
        #expect(connection.receive(timeoutSeconds: 3) == .connected)
        connection.send(.hello(Samples.hello))
        guard case .fromWorker(let peer, .hello(Samples.hello))? = try socket.gather(1).first else {
            Issue.record("no hello")
            return
        }
        try socket.send(.committed(Samples.attempt), to: peer)
        #expect(connection.receive(timeoutSeconds: 3) == .message(.committed(Samples.attempt)))
    }

    @Test func anotherKeyIsRefused() throws {
        try expectRefused(keys: try .make(), serverKey: server.publicKey, saying: "does not accept the key")
    }

    @Test func noEncryptionIsRefused() throws {
        try expectRefused(keys: nil, serverKey: nil, saying: "no coordinator")
    }

    @Test func anotherServerIsNotTrusted() throws {
        try expectRefused(keys: worker, serverKey: try CurveKeys.make().publicKey, saying: "no coordinator")
    }

    @Test func encryptedEndpointsNeedKeys() throws {
        try expectRefused(keys: nil, serverKey: server.publicKey, saying: "CURVE")
    }

    @Test func keyFilesKeepTheirKeysAndTheirMode() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tilth-key-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try CurveKeyFile.write(worker, to: path)
        #expect(try CurveKeyFile.read(path) == worker)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(throws: MessagingError.self, "an existing key is never overwritten") {
            try CurveKeyFile.write(server, to: path)
        }
        #expect(try CurveKeyFile.read(path) == worker)

        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let error = #expect(throws: MessagingError.self) { try CurveKeyFile.read(path) }
        #expect(try #require(error).description.contains("chmod 600 \(path)"))
    }

    @Test func brokenKeyFilesAreNamed() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tilth-key-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let missing = #expect(throws: MessagingError.self) { try CurveKeyFile.read(path) }
        #expect(try #require(missing).description.contains(path))
        for text in [
            "", "public x\nsecret y\n",
            "public \(worker.publicKey)\nsecret \(worker.secretKey.dropLast())~\n",
        ] {
            _ = FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
            let error = #expect(throws: MessagingError.self) { try CurveKeyFile.read(path) }
            #expect(try #require(error).description.contains(path))
        }
    }
}
