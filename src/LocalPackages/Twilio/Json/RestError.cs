using System.Text.Json;

namespace Twilio.Json;

internal sealed record RestError(int Code, string Message, string MoreInfo, Dictionary<string, object> Details)
{
    public static RestError Parse(string content)
    {
        try
        {
            return string.IsNullOrWhiteSpace(content) ? null : JsonSerializer.Deserialize<RestError>(content, TwilioJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
