using System.Net;
using System.Text;
using Twilio.Constant;
using Twilio.Rest;

namespace Twilio.Http;

public class Request
{
    public Request(HttpMethod method, string url)
    {
        Method = method;
        Uri = new Uri(url);
        QueryParams = [];
        PostParams = [];
        HeaderParams = [];
    }

    public Request(
        HttpMethod method,
        Domain domain,
        string uri,
        string region = null,
        List<KeyValuePair<string, string>> queryParams = null,
        List<KeyValuePair<string, string>> postParams = null,
        string edge = null,
        List<KeyValuePair<string, string>> headerParams = null,
        EnumConstants.ContentTypeEnum contentType = null,
        string body = null)
    {
        Method = method;
        Uri = new Uri($"https://{domain}.twilio.com{uri}");
        Region = region;
        Edge = edge;
        QueryParams = queryParams ?? [];
        PostParams = postParams ?? [];
        HeaderParams = headerParams ?? [];
        ContentType = contentType;
        Body = body;
    }

    public HttpMethod Method { get; }

    public Uri Uri { get; private set; }

    public string Username { get; set; }

    public string Password { get; set; }

    public string Region { get; set; }

    public string Edge { get; set; }

    public string[] UserAgentExtensions { get; set; }

    public List<KeyValuePair<string, string>> QueryParams { get; private set; }

    public List<KeyValuePair<string, string>> PostParams { get; private set; }

    public List<KeyValuePair<string, string>> HeaderParams { get; private set; }

    public EnumConstants.ContentTypeEnum ContentType { get; set; }

    public string Body { get; set; }

    public Uri ConstructUrl()
    {
        var uri = WithRegion().AbsoluteUri;
        return new Uri(QueryParams.Count > 0 ? $"{uri}?{Encode(QueryParams)}" : uri);
    }

    public void SetAuth(string username, string password)
    {
        Username = username;
        Password = password;
    }

    public byte[] EncodePostParams() => Encoding.UTF8.GetBytes(Encode(PostParams));

    public void AddQueryParam(string name, string value) => QueryParams.Add(new(name, value));

    public void AddPostParam(string name, string value) => PostParams.Add(new(name, value));

    public void AddHeaderParam(string name, string value) => HeaderParams.Add(new(name, value));

    // product.edge.region.twilio.com: what the request does not say is taken from the host, and an edge needs a region
    private Uri WithRegion()
    {
        if (Region is null && Edge is null)
        {
            return Uri;
        }

        var pieces = Uri.Host.Split('.');
        var (edge, region) = pieces.Length switch
        {
            4 => (Edge, Region ?? pieces[1]),
            5 => (Edge ?? pieces[1], Region ?? pieces[2]),
            _ => (Edge, Region),
        };
        region ??= edge is null ? null : "us1";
        string[] host = [pieces[0], edge, region, .. pieces[^2..]];
        return new UriBuilder(Uri) { Host = string.Join('.', host.Where(piece => !string.IsNullOrEmpty(piece))) }.Uri;
    }

    private static string Encode(List<KeyValuePair<string, string>> pairs) =>
        string.Join('&', pairs.Select(pair => $"{WebUtility.UrlEncode(pair.Key)}={WebUtility.UrlEncode(pair.Value)}"));
}
