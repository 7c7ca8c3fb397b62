/// The water content of saturated soil, from texture and organic matter (Saxton & Rawls 2006, Soil Sci. Soc.
/// Am. J. 70, equations 2, 3 and 5), which the network uses as the upper limit of soil moisture.
public struct SaturationPoint: Hashable, Sendable {
    /// % vol.
    public let percent: Double

    /// Sand, clay and organic matter in weight %, 0…100.
    public init(sandPercent: Double, clayPercent: Double, organicMatterPercent: Double) {
        let (sand, clay, organic) = (sandPercent / 100, clayPercent / 100, organicMatterPercent)
        // Equation 2: water content at -33 kPa.
        let first33 =
            -0.251 * sand + 0.195 * clay + 0.011 * organic + 0.006 * sand * organic
            - 0.027 * clay * organic + 0.452 * sand * clay + 0.299
        let field = first33 + (1.283 * first33 * first33 - 0.374 * first33 - 0.015)
        // Equation 3: what drains between saturation and -33 kPa.
        let firstDrained =
            0.278 * sand + 0.034 * clay + 0.022 * organic - 0.018 * sand * organic
            - 0.027 * clay * organic - 0.584 * sand * clay + 0.078
        let drained = firstDrained + (0.636 * firstDrained - 0.107)
        // Equation 5.
        percent = 100 * (field + drained - 0.097 * sand + 0.043)
    }

    /// Weight of organic matter per weight of organic carbon (van Bemmelen).
    public static let organicMatterPerCarbon = 1.724
}
