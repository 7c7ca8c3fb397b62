internal import CZeroMQ

/// A CURVE key pair. Keys are written in Z85: 40 printable characters for 32 bytes.
public struct CurveKeys: Hashable, Sendable {
    public let publicKey: String
    public let secretKey: String

    /// Takes the two keys of a pair, nil when one is no key.
    public init?(publicKey: String, secretKey: String) {
        guard (try? Self.binary(of: publicKey)) != nil, (try? Self.binary(of: secretKey)) != nil else {
            return nil
        }
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    private init(madePublicKey publicKey: String, secretKey: String) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// A new pair.
    public static func make() throws -> CurveKeys {
        // 40 characters and a zero.
        var publicKey = [UInt8](repeating: 0, count: 41)
        var secretKey = publicKey
        let code = publicKey.withUnsafeMutableBufferPointer { publicKey in
            secretKey.withUnsafeMutableBufferPointer { secretKey in
                zmq_curve_keypair(publicKey.baseAddress, secretKey.baseAddress)
            }
        }
        guard code == 0 else { throw ZMQError("making a CURVE key pair").asMessagingError }
        return CurveKeys(
            madePublicKey: String(decoding: publicKey.prefix(40), as: UTF8.self),
            secretKey: String(decoding: secretKey.prefix(40), as: UTF8.self))
    }

    /// The 32 bytes of a key in Z85.
    static func binary(of key: String) throws(MessagingError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        guard key.utf8.count == 40, !key.utf8.contains(0), zmq_z85_decode(&bytes, key) != nil else {
            throw .system(attempted: "reading a CURVE key", why: "40 characters of Z85 expected")
        }
        return bytes
    }
}

/// What a coordinator needs to let only the workers of its run in.
public struct CoordinatorKeys: Hashable, Sendable {
    /// The coordinator's own pair; its public half stands in the endpoint.
    public var own: CurveKeys
    /// Public keys of the workers and command lines that may connect.
    public var acceptedPublicKeys: Set<String>

    public init(own: CurveKeys, acceptedPublicKeys: Set<String>) {
        self.own = own
        self.acceptedPublicKeys = acceptedPublicKeys
    }
}
