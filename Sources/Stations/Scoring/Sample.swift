public import Tiling

/// A row of a training table: where and when. Its values stand elsewhere, under the same number.
public struct Sample: Hashable, Sendable {
    public let station: Station.ID
    public let pixel: Pixel
    public let latitude: Double
    public let longitude: Double
    public let day: Day

    public init(station: Station.ID, pixel: Pixel, latitude: Double, longitude: Double, day: Day) {
        self.station = station
        self.pixel = pixel
        self.latitude = latitude
        self.longitude = longitude
        self.day = day
    }
}
