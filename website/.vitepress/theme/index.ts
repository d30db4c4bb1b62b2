// the fonts of the system: nothing is fetched from elsewhere, and a page weighs 100 kB less
import theme from 'vitepress/theme-without-fonts'
import './style.css'

export default theme
