using Twilio.Base;
using Twilio.Clients;
using Twilio.Http;
using Twilio.Json;

namespace Twilio.Rest;

/// <summary>The five calls that every resource of the 2010 API is made of.</summary>
internal static class Calls
{
    public static string Path(string account, ITwilioRestClient client, string rest) =>
        $"/2010-04-01/Accounts/{account ?? client.AccountSid}/{rest}";

    public static async Task<T> PostAsync<T>(ITwilioRestClient client, string account, string rest, List<KeyValuePair<string, string>> form)
    {
        client ??= TwilioClient.GetRestClient();
        var response = await client.RequestAsync(new Request(HttpMethod.Post, Domain.Api, Path(account, client, rest), postParams: form)).ConfigureAwait(false);
        return TwilioJson.Read<T>(response.Content);
    }

    public static async Task<T> GetAsync<T>(ITwilioRestClient client, string account, string rest)
    {
        client ??= TwilioClient.GetRestClient();
        var response = await client.RequestAsync(new Request(HttpMethod.Get, Domain.Api, Path(account, client, rest))).ConfigureAwait(false);
        return TwilioJson.Read<T>(response.Content);
    }

    public static async Task<bool> DeleteAsync(ITwilioRestClient client, string account, string rest)
    {
        client ??= TwilioClient.GetRestClient();
        var response = await client.RequestAsync(new Request(HttpMethod.Delete, Domain.Api, Path(account, client, rest))).ConfigureAwait(false);
        return response.StatusCode == System.Net.HttpStatusCode.NoContent;
    }

    public static async Task<ResourceSet<T>> ReadAsync<T>(ITwilioRestClient client, string account, string rest, string key, ReadOptions<T> options, List<KeyValuePair<string, string>> query)
        where T : Resource
    {
        client ??= TwilioClient.GetRestClient();
        var response = await client.RequestAsync(new Request(HttpMethod.Get, Domain.Api, Path(account, client, rest), queryParams: query)).ConfigureAwait(false);
        return new ResourceSet<T>(Page<T>.FromJson(key, response.Content), options, client);
    }
}
