/// Why a coordinator does not run, in one line.
public enum CoordinatorError: Error, CustomStringConvertible {
    case rival(address: String, host: String, pid: Int)
    case fenced(epoch: UInt64, by: UInt64)

    public var description: String {
        switch self {
        case .rival(let address, let host, let pid):
            "a coordinator already runs at \(address) (host \(host), process \(pid)): a run has one; ask "
                + "it with "
                + "`tilth status`, or stop it first"
        case .fenced(let epoch, let newer):
            "epoch \(epoch) ended: a newer coordinator (epoch \(newer)) has taken the run over"
        }
    }
}
