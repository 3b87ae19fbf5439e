using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace Relais.Kit.Leaks;

/// <summary>
/// A request to the app. Its numbers, credentials and texts must not appear in any output, even if no row ever stores them.
/// </summary>
internal sealed partial record Incoming(string Target, string? Authorization, string? Signature, string? MediaType, string Body)
{
    private static readonly string[] TextFields =
    [
        "Body", "ProfileName", "ExternalUserId", "ButtonText", "ButtonPayload", "ListTitle", "Address", "Label",
    ];

    public void PlantInto(SecretValues planted)
    {
        planted.AddNumbers(Body);
        planted.AddNumbers(Target);
        foreach (Match number in NumberInTarget().Matches(Target))
        {
            planted.AddNumber(number.Groups[1].Value);
        }

        planted.AddSecret("signature of a webhook", Signature);
        PlantCredential(planted);
        foreach (Match secret in SecretInJson().Matches(Body))
        {
            planted.AddSecret(secret.Groups[1].Value, Unescape(secret.Groups[2].Value));
        }

        if (MediaType == "application/x-www-form-urlencoded")
        {
            PlantForm(planted);
        }
    }

    private void PlantForm(SecretValues planted)
    {
        var form = QueryHelpers.ParseQuery(Body);
        foreach (var (name, value) in form.Where(pair => TextFields.Contains(pair.Key)))
        {
            planted.AddText($"{name} of a webhook", value.ToString());
        }

        foreach (var value in form.Where(pair => pair.Key is "From" or "To" or "WaId").Select(pair => pair.Value.ToString()))
        {
            planted.AddNumbers(value.StartsWith('+') || value.Contains(":+", StringComparison.Ordinal) ? value : $"+{value}");
        }
    }

    private void PlantCredential(SecretValues planted)
    {
        if (!AuthenticationHeaderValue.TryParse(Authorization, out var header))
        {
            return;
        }

        planted.AddSecret("credential of a request", header.Parameter);
        var bytes = new byte[header.Parameter?.Length ?? 0];
        if (header.Scheme == "Basic" && Convert.TryFromBase64String(header.Parameter ?? "", bytes, out var length))
        {
            planted.AddSecret("credential of a request", Encoding.UTF8.GetString(bytes, 0, length));
        }
    }

    private static string? Unescape(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<string>($"\"{json}\"");
        }
        catch (JsonException)
        {
            return json;
        }
    }

    [GeneratedRegex("""
        "(auth_token|authToken|code|api_key|apiKey|access_token|accessToken|password|secret)"\s*:\s*"((?:[^"\\]|\\.)*)"
        """)]
    private static partial Regex SecretInJson();

    // A phone number is a whole segment of the path or a whole value of the query.
    [GeneratedRegex(@"(?<=[/=])(?:\+|%2[Bb]|%20)?([1-9][0-9]{7,14})(?=[/?&]|$)")]
    private static partial Regex NumberInTarget();
}
