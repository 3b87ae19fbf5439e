using Twilio.Base;
using Twilio.Clients;
using Twilio.Constant;
using Twilio.Http;
using Twilio.Json;

namespace Twilio.Rest;

/// <summary>The calls that every resource is made of. Those without a domain are of an account in the 2010 API.</summary>
internal static class Calls
{
    public static Task<T> PostAsync<T>(ITwilioRestClient client, string account, string rest, List<KeyValuePair<string, string>> form) =>
        AskAsync<T>(client, found => new Request(HttpMethod.Post, Domain.Api, Path(account, found, rest), postParams: form));

    public static Task<T> GetAsync<T>(ITwilioRestClient client, string account, string rest) =>
        AskAsync<T>(client, found => new Request(HttpMethod.Get, Domain.Api, Path(account, found, rest)));

    public static Task<T> GetAsync<T>(ITwilioRestClient client, Domain domain, string path, List<KeyValuePair<string, string>> query = null) =>
        AskAsync<T>(client, _ => new Request(HttpMethod.Get, domain, path, queryParams: query));

    public static Task<T> PostJsonAsync<T>(ITwilioRestClient client, Domain domain, string path, string body) =>
        AskAsync<T>(client, _ => new Request(HttpMethod.Post, domain, path, contentType: EnumConstants.ContentTypeEnum.JSON, body: body));

    public static async Task<bool> DeleteAsync(ITwilioRestClient client, string account, string rest)
    {
        var response = await SendAsync(client, found => new Request(HttpMethod.Delete, Domain.Api, Path(account, found, rest))).ConfigureAwait(false);
        return (int)response.StatusCode is >= 200 and < 400;
    }

    public static Task<ResourceSet<T>> ReadAsync<T>(ITwilioRestClient client, string account, string rest, string key, ReadOptions<T> options, List<KeyValuePair<string, string>> query)
        where T : Resource => ReadAsync(client, found => new Request(HttpMethod.Get, Domain.Api, Path(account, found, rest), queryParams: query), key, options);

    public static Task<ResourceSet<T>> ReadAsync<T>(ITwilioRestClient client, Domain domain, string path, string key, ReadOptions<T> options, List<KeyValuePair<string, string>> query)
        where T : Resource => ReadAsync(client, _ => new Request(HttpMethod.Get, domain, path, queryParams: query), key, options);

    private static async Task<ResourceSet<T>> ReadAsync<T>(ITwilioRestClient client, Func<ITwilioRestClient, Request> build, string key, ReadOptions<T> options)
        where T : Resource
    {
        client ??= TwilioClient.GetRestClient();
        var response = await SendAsync(client, build).ConfigureAwait(false);
        return new ResourceSet<T>(Page<T>.FromJson(key, response.Content), options, client);
    }

    public static async Task<T> AskAsync<T>(ITwilioRestClient client, Func<ITwilioRestClient, Request> build)
    {
        var response = await SendAsync(client, build).ConfigureAwait(false);
        return TwilioJson.Read<T>(response.Content);
    }

    private static Task<Response> SendAsync(ITwilioRestClient client, Func<ITwilioRestClient, Request> build)
    {
        client ??= TwilioClient.GetRestClient();
        return client.RequestAsync(build(client));
    }

    private static string Path(string account, ITwilioRestClient client, string rest) =>
        $"/2010-04-01/Accounts/{account ?? client.AccountSid}/{rest}";
}
