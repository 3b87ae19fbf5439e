using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Relais.DevHost.Issuer;

/// <summary>The page on which a developer chooses a demo user. It is a form with one button per user, without scripts.</summary>
internal static class SignInPage
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

    private static readonly string Template = ReadTemplate();

    private static readonly Dictionary<string, string> Roles = new()
    {
        ["owner"] = "propriétaire",
        ["operator"] = "opérateur",
        ["viewer"] = "lecture seule",
    };

    public static Task ShowAsync(HttpContext http)
    {
        var buttons = string.Concat(DemoUser.All.Select(UserButton));
        return WriteAsync(http, 200, "Choisissez un compte", $"""
            <p>Comptes de démonstration, sans mot de passe, réservés à cette machine.</p>
            <form method="post" action="/authorize{Encode(http.Request.QueryString.Value)}"><ul>{buttons}</ul></form>
            """);
    }

    public static Task ShowFaultAsync(HttpContext http, string fault) =>
        WriteAsync(
            http, 400, "Connexion impossible",
            $"<p>La demande de connexion n’est pas valide :</p><p lang=\"en\"><code>{Encode(fault)}</code></p>");

    public static Task ShowSignedOutAsync(HttpContext http) =>
        WriteAsync(http, 200, "Vous êtes déconnecté", "<p>Vous pouvez fermer cette page.</p>");

    private static string UserButton(DemoUser user)
    {
        var memberships = user.Roles.Count == 0
            ? "<span>sans organisation (parcours d’inscription)</span>"
            : string.Concat(user.Roles.Select(role => $"<span>{Encode(role.Tenant.Name)} · {Roles[role.Name]}</span>"));
        var initials = string.Concat(user.Name.Split(' ').Select(word => word[0]));
        return $"<li><button name=\"user\" value=\"{user.Subject}\"><b aria-hidden=\"true\">{Encode(initials)}</b>" +
            $"<strong>{Encode(user.Name)}</strong>{memberships}</button></li>";
    }

    private static Task WriteAsync(HttpContext http, int status, string title, string content)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        var html = Template
            .Replace("{title}", Encode(title), StringComparison.Ordinal)
            .Replace("{content}", content, StringComparison.Ordinal);
        return http.Response.WriteAsync(html, http.RequestAborted);
    }

    private static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");

    private static string ReadTemplate()
    {
        using var reader = new StreamReader(typeof(SignInPage).Assembly.GetManifestResourceStream("sign-in.html")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
