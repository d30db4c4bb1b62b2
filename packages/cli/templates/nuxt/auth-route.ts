export default fromWebHandler((request) => handler(request))
