using Microsoft.AspNetCore.Http;

namespace Relais.Access;

/// <summary>The unchecked credential of a request: an API key or an access token.</summary>
internal abstract record Credential
{
    private const string Scheme = "Bearer ";

    public sealed record ApiKey(string Text) : Credential;

    public sealed record Token(string Text) : Credential;

    /// <summary>
    /// Reads the credential: an API key in X-Api-Key, or an API key or a token in Authorization: Bearer. Returns null if there is no
    /// credential, more than one (the Functions host joins repeated headers with a comma), or another scheme.
    /// </summary>
    public static Credential? From(IHeaderDictionary headers) => (headers["X-Api-Key"], headers.Authorization) switch
    {
        ({ Count: 1 } key, { Count: 0 }) => ReadKey(key.ToString()),
        ({ Count: 0 }, { Count: 1 } authorization) => ReadBearer(authorization.ToString()),
        _ => null,
    };

    private static ApiKey? ReadKey(string text) => Keys.ApiKey.IsWellFormed(text) ? new ApiKey(text) : null;

    private static Credential? ReadBearer(string header)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var text = header[Scheme.Length..].Trim(' ');
        return text.Length == 0 ? null
            : text.StartsWith(Keys.ApiKey.Prefix, StringComparison.Ordinal) ? ReadKey(text)
            : new Token(text);
    }
}
