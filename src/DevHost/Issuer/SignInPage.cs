using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Relais.DevHost.Issuer;

/// <summary>The page where a developer chooses who to be. No script: a form with one button for each person.</summary>
internal static class SignInPage
{
    private const string ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

    private static readonly string Template = Read();

    private static readonly Dictionary<string, string> Roles = new() { ["owner"] = "propriétaire", ["operator"] = "opérateur", ["viewer"] = "lecture seule" };

    public static Task ShowAsync(HttpContext http)
    {
        var people = string.Concat(DemoUser.All.Select(Button));
        return WriteAsync(http, 200, "Choisissez un compte", $"""
            <p>Comptes de démonstration, sans mot de passe, réservés à cette machine.</p>
            <form method="post" action="/authorize{Text(http.Request.QueryString.Value)}"><ul>{people}</ul></form>
            """);
    }

    public static Task ShowFaultAsync(HttpContext http, string fault) =>
        WriteAsync(http, 400, "Connexion impossible", $"<p>La demande de connexion n’est pas valide :</p><p lang=\"en\"><code>{Text(fault)}</code></p>");

    public static Task ShowSignedOutAsync(HttpContext http) =>
        WriteAsync(http, 200, "Vous êtes déconnecté", "<p>Vous pouvez fermer cette page.</p>");

    private static string Button(DemoUser user)
    {
        var places = user.Roles.Count == 0
            ? "<span>sans organisation (parcours d’inscription)</span>"
            : string.Concat(user.Roles.Select(role => $"<span>{Text(role.Tenant.Name)} · {Roles[role.Name]}</span>"));
        var initials = string.Concat(user.Name.Split(' ').Select(word => word[0]));
        return $"<li><button name=\"user\" value=\"{user.Subject}\"><b aria-hidden=\"true\">{Text(initials)}</b><strong>{Text(user.Name)}</strong>{places}</button></li>";
    }

    private static Task WriteAsync(HttpContext http, int status, string title, string content)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return http.Response.WriteAsync(Template.Replace("{title}", Text(title), StringComparison.Ordinal).Replace("{content}", content, StringComparison.Ordinal), http.RequestAborted);
    }

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    private static string Read()
    {
        using var reader = new StreamReader(typeof(SignInPage).Assembly.GetManifestResourceStream("sign-in.html")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
