using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit.Sdk;

namespace Relais.Kit;

/// <summary>Runs a campaign through the API, from the import to its end.</summary>
public static class CampaignSteps
{
    /// <summary>Phone numbers to which the simulator delivers every message.</summary>
    public static IEnumerable<string> Contacts(int count, int first = 1) =>
        Enumerable.Range(first, count).Select(n => string.Create(CultureInfo.InvariantCulture, $"+224621{n:D6}"));

    /// <summary>A first message of the approved template.</summary>
    public static object Template { get; } = new
    {
        type = "template",
        contentSid = RelaisSystem.TemplateSid,
        variables = new Dictionary<string, string> { ["1"] = "first_name" },
    };

    public static object Text(string body) => new { type = "text", body };

    /// <summary>Imports <paramref name="contacts"/>, and creates and starts a campaign from the system's sender to them.</summary>
    public static Task<Guid> StartCampaignAsync(
        this RelaisSystem system, IEnumerable<string> contacts, bool message2 = false, object? message1 = null) =>
        StartCampaignAsync(system.Api, RelaisSystem.SenderId, contacts, message2, message1);

    /// <summary>Imports <paramref name="contacts"/>, and creates and starts a campaign to them.</summary>
    /// <param name="api">Client with the credential of the tenant.</param>
    /// <param name="sender">Id of the sender.</param>
    /// <param name="contacts">Phone numbers.</param>
    /// <param name="message2">Whether the campaign answers a reply with Message 2.</param>
    /// <param name="message1">The first message; null: a text with the first name of the contact.</param>
    /// <param name="hours">Sending hours in UTC; null: all day.</param>
    /// <returns>Id of the campaign.</returns>
    public static async Task<Guid> StartCampaignAsync(
        HttpClient api, Guid sender, IEnumerable<string> contacts, bool message2 = false, object? message1 = null,
        (TimeOnly From, TimeOnly To)? hours = null)
    {
        var csv = "telephone,prenom\n" + string.Join('\n', contacts.Select((phone, n) => $"{phone},Contact{n}"));
        using var body = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var imported = await api.PostAsync(new Uri("/api/v1/contacts/import", UriKind.Relative), body);
        var import = (await ReadAsync(imported)).GetProperty("importId").GetString();
        var campaign = new Dictionary<string, object?>
        {
            ["name"] = "Essai",
            ["senderId"] = sender,
            ["audience"] = new { importId = import },
            ["message1"] = message1 ?? Text("Bonjour {{first_name|client}}"),
            ["message2"] = message2 ? Text("Merci {{first_name|client}}") : null,
            ["hoursFrom"] = hours?.From.ToString("HH:mm", CultureInfo.InvariantCulture),
            ["hoursTo"] = hours?.To.ToString("HH:mm", CultureInfo.InvariantCulture),
            ["timeZone"] = hours is null ? null : "UTC",
        };
        using var created = await api.PostAsJsonAsync("/api/v1/campaigns", campaign);
        var id = (await ReadAsync(created)).GetProperty("id").GetGuid();
        await ControlAsync(api, id, "start");
        return id;
    }

    /// <param name="system">The system that runs the campaign.</param>
    /// <param name="campaign">Id of the campaign.</param>
    /// <param name="verb">start, pause, resume or cancel.</param>
    public static Task<JsonElement> ControlAsync(this RelaisSystem system, Guid campaign, string verb) =>
        ControlAsync(system.Api, campaign, verb);

    private static async Task<JsonElement> ControlAsync(HttpClient api, Guid campaign, string verb)
    {
        using var answer = await api.PostAsync(new Uri($"/api/v1/campaigns/{campaign}/{verb}", UriKind.Relative), null);
        return await ReadAsync(answer);
    }

    public static Task<(string Status, JsonElement Progress)> CampaignAsync(this RelaisSystem system, Guid id) =>
        CampaignAsync(system.Api, id);

    public static async Task<(string Status, JsonElement Progress)> CampaignAsync(HttpClient api, Guid id)
    {
        var campaign = await api.GetFromJsonAsync<JsonElement>($"/api/v1/campaigns/{id}");
        return (campaign.GetProperty("status").GetString()!, campaign.GetProperty("progress"));
    }

    /// <summary>A counter of the progress.</summary>
    public static long Count(this JsonElement progress, string name) => progress.GetProperty(name).GetInt64();

    public static Task WaitForEndAsync(this RelaisSystem system, Guid campaign, TimeSpan limit) => Wait.UntilAsync(
        async () =>
        {
            try
            {
                return (await system.CampaignAsync(campaign)).Status is "finished" or "cancelled";
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, limit, "the campaign ended");

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(text)
            : throw new XunitException($"{(int)answer.StatusCode} {text}");
    }
}
