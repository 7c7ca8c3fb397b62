/// A command line's connection to a coordinator: one request, one reply. Belongs to one thread.
public final class ClientConnection {
    private let dealer: Dealer
    private var lastID: UInt64 = 0

    /// The answer to a request.
    public struct Reply: Hashable, Sendable {
        public var isOK: Bool
        /// JSON, or one line of text when it is not OK.
        public var body: [UInt8]
        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Connects to the first address of the endpoint that answers within so many seconds.
    public init(to endpoint: CoordinatorEndpoint, keys: CurveKeys?, connectSeconds: Double = 2) throws {
        let settings = Dealer.Settings(
            id: .unique("client"), keys: keys, connectSeconds: connectSeconds,
            frameByteCountMax: TilthProtocol.frameByteCountMax)
        do {
            dealer = try Dealer.dial(endpoint, settings: settings, in: ZMQContext())
        } catch let error as ZMQError {
            throw error.asMessagingError
        }
    }

    /// Asks, and waits for the answer.
    public func ask(_ kind: ClientRequest.Kind, body: [UInt8] = [], timeoutSeconds: Double = 10) throws
        -> Reply
    {
        lastID += 1
        do {
            guard try dealer.send(ClientRequest(id: lastID, kind: kind, body: body)) else {
                throw MessagingError.noAnswer(address: dealer.address, seconds: 0)
            }
            let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
            while ContinuousClock.now < deadline {
                let left = ContinuousClock.now.duration(to: deadline)
                try dealer.wait(descriptors: [], milliseconds: left.millisecondsRoundedUp)
                let hasClosed = try dealer.hasClosed()
                while let message = try dealer.receive() {
                    switch message {
                    // The answer to a request that was given up has another id.
                    case .reply(lastID, let isOK, let body): return Reply(isOK: isOK, body: body)
                    case .refused(let why):
                        throw MessagingError.notUnderstood(address: dealer.address, why: why)
                    default: continue
                    }
                }
                if hasClosed {
                    throw MessagingError.noCoordinator(
                        addresses: [dealer.address], why: "it closed the connection")
                }
            }
            throw MessagingError.noAnswer(address: dealer.address, seconds: timeoutSeconds)
        } catch let error as ZMQError {
            throw error.asMessagingError
        } catch let error as FrameError {
            if case .tooLong = error { throw error.asMessagingError }
            throw MessagingError.notUnderstood(address: dealer.address, why: error.description)
        }
    }
}
