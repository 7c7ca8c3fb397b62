internal import CZeroMQ

extension ZMQSocket {
    /// What every TCP socket of ours has: bounded frames and queues, and a way to notice hosts that died
    /// silently.
    func setTransportOptions(frameByteCountMax: Int) throws(ZMQError) {
        try set(ZMQ_MAXMSGSIZE, int64: Int64(frameByteCountMax))
        try set(ZMQ_SNDHWM, 1000)
        try set(ZMQ_RCVHWM, 1000)
        // Answered by libzmq's own threads: a busy process is not a dead host.
        try set(ZMQ_HEARTBEAT_IVL, 2000)
        try set(ZMQ_HEARTBEAT_TIMEOUT, 8000)
        try set(ZMQ_HANDSHAKE_IVL, 5000)
        // For peers that never finished their handshake.
        try set(ZMQ_TCP_KEEPALIVE, 1)
        try set(ZMQ_TCP_KEEPALIVE_IDLE, 30)
        try set(ZMQ_TCP_KEEPALIVE_INTVL, 10)
        try set(ZMQ_TCP_KEEPALIVE_CNT, 3)
    }

    /// Makes this the server's end of encrypted connections.
    func secure(asServerWith keys: CurveKeys) throws(ZMQError) {
        try set(ZMQ_CURVE_SERVER, 1)
        try set(ZMQ_CURVE_SECRETKEY, keys.secretKey)
        try set(ZMQ_ZAP_DOMAIN, "tilth")
    }

    /// Makes this the client's end: it proves its own key, and talks to nobody but the owner of the server's
    /// key.
    func secure(asClientWith keys: CurveKeys, serverKey: String) throws(ZMQError) {
        try set(ZMQ_CURVE_SERVERKEY, serverKey)
        try set(ZMQ_CURVE_PUBLICKEY, keys.publicKey)
        try set(ZMQ_CURVE_SECRETKEY, keys.secretKey)
    }
}
