internal import Glibc

/// Where a coordinator listens: an address such as `tcp://*:0`, `tcp://HOST:PORT` or `tcp://127.0.0.1:0`.
struct ListeningAddress {
    /// As the user wrote it.
    let text: String
    /// A name has become a number here, because libzmq binds no host names; `*` stands for all interfaces.
    let host: String
    let port: UInt16

    init(_ text: String) throws(MessagingError) {
        let parts = text.hasPrefix("tcp://") ? text.dropFirst(6).split(separator: ":") : []
        guard parts.count == 2, let port = UInt16(parts[1]) else {
            throw .cannotListen(
                address: text, why: "an address like tcp://*:0 or tcp://HOST:PORT is expected")
        }
        self.text = text
        self.port = port
        let host = String(parts[0])
        self.host = ["*", "0.0.0.0"].contains(host) ? "*" : Self.number(of: host) ?? host
    }

    var zmqAddress: String { "tcp://\(host):\(port)" }
    var isLoopback: Bool { host.hasPrefix("127.") }

    /// The addresses that others can use, loopback last, given what the socket was bound to.
    func reachableAddresses(bound endpoint: String) -> [String] {
        guard host == "*", let port = endpoint.split(separator: ":").last else { return [endpoint] }
        return Self.interfaceNumbers().map { "tcp://\($0):\(port)" }
    }

    private static func number(of host: String) -> String? {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &found) == 0, let found else { return nil }
        defer { freeaddrinfo(found) }
        return number(of: found.pointee.ai_addr)
    }

    private static func number(of address: UnsafePointer<sockaddr>) -> String? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let byteCount = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard getnameinfo(address, byteCount, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
        else {
            return nil
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// IPv4 numbers of the interfaces that are up, loopback last.
    private static func interfaceNumbers() -> [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return ["127.0.0.1"] }
        defer { freeifaddrs(first) }
        var numbers: [String] = []
        var next = first
        while let interface = next?.pointee {
            next = interface.ifa_next
            guard let address = interface.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET),
                interface.ifa_flags & UInt32(IFF_UP) != 0, let number = number(of: address)
            else { continue }
            numbers.append(number)
        }
        return numbers.filter { !$0.hasPrefix("127.") } + numbers.filter { $0.hasPrefix("127.") }
    }
}

/// The name of this host, as endpoints carry it.
public func ownHostName() -> String {
    var text = [CChar](repeating: 0, count: 256)
    // One byte stays zero: a longer name may come back without its end.
    guard gethostname(&text, text.count - 1) == 0 else { return "localhost" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
