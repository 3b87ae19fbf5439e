using Microsoft.AspNetCore.Http;
using Relais.Access.Keys;

namespace Relais.Access;

/// <summary>What a request shows to say who sends it.</summary>
internal abstract record Credential
{
    private const string Scheme = "Bearer ";

    public sealed record Key(string Text) : Credential;

    public sealed record Token(string Text) : Credential;

    /// <summary>
    /// Exactly one: an API key in X-Api-Key, or an API key or a token in Authorization: Bearer. Null for none, for two of whatever
    /// kind (the published host joins repeated headers with a comma) and for any other scheme.
    /// </summary>
    public static Credential? From(IHeaderDictionary headers) => (headers["X-Api-Key"], headers.Authorization) switch
    {
        ({ Count: 1 } key, { Count: 0 }) => ReadKey(key.ToString()),
        ({ Count: 0 }, { Count: 1 } authorization) => ReadBearer(authorization.ToString()),
        _ => null,
    };

    private static Key? ReadKey(string text) => ApiKey.IsWellFormed(text) ? new Key(text) : null;

    private static Credential? ReadBearer(string header)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var text = header[Scheme.Length..].Trim(' ');
        return text.Length == 0 ? null
            : text.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) ? ReadKey(text)
            : new Token(text);
    }
}
