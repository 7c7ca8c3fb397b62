import Crypto

/// A SHA-256 digest, written as 64 hexadecimal digits.
public struct Digest: Hashable, Sendable {
    /// Always 32 bytes.
    public let bytes: [UInt8]

    public init?(bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads 64 hexadecimal digits; nil for anything else.
    public init?(hex: some StringProtocol) {
        let digits = hex.compactMap(\.hexDigitValue)
        guard hex.count == 64, digits.count == 64 else { return nil }
        self.bytes = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }

    /// The digest of bytes in memory.
    public init(of data: UnsafeRawBufferPointer) {
        var hash = Hasher()
        hash.update(data)
        self = hash.finish()
    }

    public init(of data: [UInt8]) { self = data.withUnsafeBytes { Digest(of: $0) } }
    public init(of text: String) { self.init(of: Array(text.utf8)) }

    public var hex: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// The first twelve digits: enough for people.
    public var short: String { String(hex.prefix(12)) }

    /// A digest of bytes that come in parts.
    public struct Hasher {
        private var state = SHA256()

        public init() {}
        public mutating func update(_ data: UnsafeRawBufferPointer) { state.update(bufferPointer: data) }
        public func finish() -> Digest { Digest(verified: Array(state.finalize())) }
    }

    private init(verified bytes: [UInt8]) { self.bytes = bytes }
}

extension Digest: CustomStringConvertible, Codable {
    public var description: String { hex }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let digest = Digest(hex: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a SHA-256 digest"))
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
