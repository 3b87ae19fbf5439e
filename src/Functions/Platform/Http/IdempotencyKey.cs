using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Relais.Platform.Http;

/// <summary>The header Idempotency-Key. A repeated request with the same key has no second effect.</summary>
internal static partial class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const string FormatFault = "must be 1 to 255 printable ASCII characters without spaces";

    /// <returns>The key; null: the request has none.</returns>
    public static Result<string?> Read(HttpRequest request)
    {
        var key = request.Headers[Header].ToString();
        if (key.Length == 0)
        {
            return (string?)null;
        }

        return IsValid(key) ? key : new Failure(FailureKind.Invalid, "invalid_idempotency_key", $"The header {Header} {FormatFault}.");
    }

    public static bool IsValid(string key) => Format().IsMatch(key);

    [GeneratedRegex(@"^[!-~]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Format();
}
