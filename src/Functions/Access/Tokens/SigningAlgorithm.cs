namespace Relais.Access.Tokens;

/// <summary>The signature algorithms that are accepted: public keys only, and each algorithm only with its kind of key.</summary>
internal static class SigningAlgorithm
{
    public static readonly IReadOnlyList<string> Rsa = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    public static IReadOnlySet<string> All { get; } = new HashSet<string>([.. Rsa, "ES256", "ES384", "ES512"], StringComparer.Ordinal);

    public static IReadOnlyList<string> ForCurve(string curve) => curve switch
    {
        "P-256" => ["ES256"],
        "P-384" => ["ES384"],
        "P-521" => ["ES512"],
        _ => [],
    };
}
