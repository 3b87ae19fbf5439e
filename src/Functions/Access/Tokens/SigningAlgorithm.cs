namespace Relais.Access.Tokens;

/// <summary>The signatures that are taken: with a public key only, and each with the kind of key that it is made for.</summary>
internal static class SigningAlgorithm
{
    public static readonly IReadOnlyList<string> Rsa = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    private static readonly Dictionary<string, string> OfCurve = new() { ["P-256"] = "ES256", ["P-384"] = "ES384", ["P-521"] = "ES512" };

    public static IReadOnlySet<string> All { get; } = Rsa.Concat(OfCurve.Values).ToHashSet(StringComparer.Ordinal);

    public static string? ForCurve(string curve) => OfCurve.GetValueOrDefault(curve);
}
