/// Why a frame was not understood or not sent, in one line.
enum FrameError: Error, Hashable, CustomStringConvertible {
    case otherVersion(UInt32)
    case malformed(String)
    case tooLong(byteCount: Int, max: Int)

    var description: String {
        switch self {
        case .otherVersion(let version):
            "it speaks version \(version) of the protocol, this process speaks \(TilthProtocol.version): "
                + "start all processes of a run with the same release"
        case .malformed(let what): "not a message of this protocol: \(what)"
        case .tooLong(let byteCount, let max):
            "a message of \(byteCount) bytes is over the limit of \(max) bytes"
        }
    }

    /// The same as told to the sender.
    var forTheOtherSide: String {
        guard case .otherVersion(let version) = self else { return description }
        return "this process speaks version \(version) of the protocol, the coordinator speaks "
            + "\(TilthProtocol.version): start all processes of a run with the same release"
    }

    /// The error of a message that cannot be sent.
    var asMessagingError: MessagingError {
        switch self {
        case .tooLong(let byteCount, let max): .tooLong(byteCount: byteCount, max: max)
        case .otherVersion, .malformed: .system(attempted: "encoding a message", why: description)
        }
    }
}
